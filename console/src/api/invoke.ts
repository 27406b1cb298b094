/** InvokeEndpoint: the body travels as it is, and so does the answer. */
import { send } from "@/api/client";

export interface Answer {
  readonly text: string;
  readonly type: string;
  readonly variant: string | undefined;
  readonly ms: number;
}

export async function invoke(endpoint: string, body: string, how: { readonly type: string; readonly accept: string | undefined; readonly variant: string | undefined }): Promise<Answer> {
  const query = new URLSearchParams();
  if (how.accept !== undefined) query.set("accept", how.accept);
  if (how.variant !== undefined) query.set("variant", how.variant);
  const began = performance.now();
  const answer = await send("POST", `invoke/${encodeURIComponent(endpoint)}?${query}`, body, how.type);
  const bytes = await answer.text();
  return { text: bytes, type: answer.headers.get("content-type") ?? "", variant: answer.headers.get("x-amzn-invoked-production-variant") ?? undefined, ms: performance.now() - began };
}
