// The picture's bytes.

export async function download(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`Failed to download image: ${response.status}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
