// Rekognition: what is to be seen, as labels.
import { DetectCustomLabelsCommand, DetectLabelsCommand, RekognitionClient } from "npm:@aws-sdk/client-rekognition@3.1142.0";

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
  const limit = Number(Deno.env.get("LABELS_TIMEOUT_MS") ?? 60_000);
  try {
    const labels = await ask(picture, { abortSignal: AbortSignal.timeout(limit) });
    return labels.map((label) => ({ name: label.Name ?? "", confidence: label.Confidence ?? 0 }));
  } catch (error) {
    // The SDK keeps the code in the error's name; without it the message alone would not say what AWS refused.
    throw error instanceof Error ? new Error(`Rekognition: ${error.name}: ${error.message}`) : error;
  }
}

async function ask(picture: Uint8Array, options: { abortSignal: AbortSignal }) {
  const bucket = Deno.env.get("LABELS_BUCKET"); // where uploads are kept for Rekognition
  const Image = bucket ? { S3Object: { Bucket: bucket, Name: "uploads/latest.jpg" } } : { Bytes: picture };
  const MinConfidence = Number(Deno.env.get("LABELS_MIN_CONFIDENCE") ?? 70);
  const ProjectVersionArn = Deno.env.get("LABELS_MODEL"); // one that was trained for these vehicles
  if (ProjectVersionArn) {
    const command = new DetectCustomLabelsCommand({ Image, ProjectVersionArn, MinConfidence });
    return (await rekognition().send(command, options)).CustomLabels ?? [];
  }
  const command = new DetectLabelsCommand({ Image, MaxLabels: 25, MinConfidence });
  return (await rekognition().send(command, options)).Labels ?? [];
}
