// A third party's history of the vehicle, where the owner has an account there.

const ADDRESS = "https://api.vehicle-history.example/v1/vehicles";

export async function history(vehicleId: string | undefined): Promise<unknown> {
  const key = Deno.env.get("VEHICLE_HISTORY_KEY");
  if (!key || !vehicleId) return undefined;
  const response = await fetch(`${ADDRESS}/${vehicleId}`, { headers: { "X-API-Key": key } });
  if (!response.ok) {
    throw new Error(`Vehicle History API error: ${response.status} ${await response.text()}`);
  }
  return await response.json();
}
