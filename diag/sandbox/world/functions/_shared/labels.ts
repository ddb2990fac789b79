// Rekognition: what is to be seen, as labels.
import { DetectLabelsCommand, RekognitionClient } from "npm:@aws-sdk/client-rekognition@3.1142.0";

export interface Tag {
  name: string;
  confidence: number;
}

let client: RekognitionClient | undefined;

// A client from the function's secrets; made once, as its connections are kept.
export function rekognition(): RekognitionClient {
  const accessKeyId = Deno.env.get("AWS_ACCESS_KEY_ID");
  const secretAccessKey = Deno.env.get("AWS_SECRET_ACCESS_KEY");
  if (!accessKeyId || !secretAccessKey) throw new Error("AWS credentials not configured");
  client ??= new RekognitionClient({
    maxAttempts: Number(Deno.env.get("LABELS_ATTEMPTS") ?? 3),
    region: Deno.env.get("AWS_REGION") ?? "us-east-1",
    credentials: { accessKeyId, secretAccessKey, sessionToken: Deno.env.get("AWS_SESSION_TOKEN") },
  });
  return client;
}

export async function detectLabels(picture: Uint8Array): Promise<Tag[]> {
  const least = Number(Deno.env.get("LABELS_MIN_CONFIDENCE") ?? 70);
  const command = new DetectLabelsCommand({ Image: { Bytes: picture }, MaxLabels: 25, MinConfidence: least });
  const limit = Number(Deno.env.get("LABELS_TIMEOUT_MS") ?? 60_000);
  try {
    const found = await rekognition().send(command, { abortSignal: AbortSignal.timeout(limit) });
    return (found.Labels ?? []).map((label) => ({ name: label.Name ?? "", confidence: label.Confidence ?? 0 }));
  } catch (error) {
    // The SDK keeps the code in the error's name; without it the message alone would not say what AWS refused.
    throw error instanceof Error ? new Error(`Rekognition: ${error.name}: ${error.message}`) : error;
  }
}
