/** What was pasted or chosen, as a question. Small files travel, so that their rows can be compared; of larger ones only
 * the hash does, which the browser computes. */
import type { Question } from "@/api/verify";

/** Bytes of a file that is sent whole: as base64 it stays below the server's limit of a request. */
export const MOST_SENT = 11 * 1024 * 1024;
/** Bytes of a file that is hashed here: the browser holds all of it while it does. */
export const MOST_HASHED = 1024 * 1024 * 1024;

const HASH = /^(?:(?:sha256|sha256-tree):)?[0-9a-f]{64}$/i;

/** Read a text as a URI or a hash; gives what is wrong with it as text. */
export function asQuestion(text: string): Question | string {
  const told = text.trim();
  if (HASH.test(told)) return { hash: told };
  if (/^[a-z][a-z0-9+.-]*:\/\/./i.test(told)) return { uri: told };
  return told === "" ? "Paste a URI or a hash, or choose a file." : "This is neither a URI such as s3://bucket/key nor a SHA-256 of 64 digits.";
}

export async function ofFile(file: File): Promise<Question> {
  if (file.size > MOST_HASHED) throw new Error(`${file.name} is too large to be hashed in a browser: run “trialbook verify ${file.name}” instead.`);
  const bytes = await file.arrayBuffer();
  if (file.size <= MOST_SENT) return { data: base64(new Uint8Array(bytes)), name: file.name };
  if (!("subtle" in crypto)) throw new Error(`This page is not served securely, so the browser hashes no files. Run “trialbook verify ${file.name}” instead.`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { files: [{ name: file.name, sha256: hex(digest), size: file.size }], name: file.name, folder: false };
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}

export function base64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  return btoa(pieces.join(""));
}
