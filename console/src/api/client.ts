/** The one way to the server: `op/<Operation>` is SageMaker's API, `v1/<operation>` is Trialbook's own. */

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly requestId: string | undefined,
  ) {
    super(message);
  }
}

/** What the page shows beside any other content: the region asked, and what the server said of itself last. */
export const place = { region: undefined as string | undefined, version: undefined as string | undefined };

/** Called with each new fact about the connection. */
export type Watcher = (fact: "signed-out" | "unreachable" | "doubtful" | "reachable" | "upgraded") => void;
const watchers = new Set<Watcher>();

export function watch(watcher: Watcher): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function tell(fact: Parameters<Watcher>[0]): void {
  for (const watcher of watchers) watcher(fact);
}

/** Say that the server may be away: a stream of it was cut off. */
export function doubt(): void {
  tell("doubtful");
}

export async function send(
  method: string,
  where: string,
  body?: BodyInit,
  type = "application/json",
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const headers: Record<string, string> = { "X-Console-Request": "1", ...more };
  if (body !== undefined) headers["Content-Type"] = type;
  if (place.region !== undefined) headers["X-Trialbook-Region"] = place.region;
  let answer: Response;
  try {
    answer = await fetch(`console/api/${where}`, { method, headers, credentials: "same-origin", ...(body === undefined ? {} : { body }), ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    tell("unreachable");
    throw new ApiError("Unreachable", "The server does not answer. It is tried again by itself.", 0, undefined);
  }
  tell("reachable");
  const version = answer.headers.get("x-trialbook-version") ?? undefined;
  if (version !== undefined && place.version !== undefined && version !== place.version) tell("upgraded");
  if (version !== undefined) place.version ??= version;
  if (answer.ok) return answer;
  throw await failure(answer);
}

async function failure(answer: Response): Promise<ApiError> {
  const told: unknown = await answer.json().catch(() => ({}));
  const { __type, code, message, requestId, request_id } = told as Record<string, string | undefined>;
  if (answer.status === 401) tell("signed-out");
  return new ApiError(__type ?? code ?? "ServerError", message ?? `The server answered ${answer.status}.`, answer.status, requestId ?? request_id);
}

/** Run an operation of SageMaker. */
export async function op<T>(operation: string, members: object = {}, signal?: AbortSignal): Promise<T> {
  return (await (await send("POST", `op/${operation}`, JSON.stringify(members), undefined, signal)).json()) as T;
}

/** Run an operation of Trialbook's own API. */
export async function own<T>(operation: string, request: object = {}, signal?: AbortSignal): Promise<T> {
  return (await (await send("POST", `v1/${operation}`, JSON.stringify(request), undefined, signal)).json()) as T;
}

/** Give the address of an object's bytes, for images and downloads. */
export function objectUrl(uri: string, download = false): string {
  const region = place.region === undefined ? "" : `&region=${encodeURIComponent(place.region)}`;
  return `console/api/object?uri=${encodeURIComponent(uri)}${region}${download ? "&download=1" : ""}`;
}

export interface ObjectPart {
  readonly text: string;
  /** Bytes of the whole object. */
  readonly size: number;
  readonly whole: boolean;
}

/** Read the first bytes of an object as text. */
export async function objectText(uri: string, most: number, signal?: AbortSignal): Promise<ObjectPart> {
  const where = objectUrl(uri).replace("console/api/", "");
  try {
    const answer = await send("GET", where, undefined, undefined, signal, { Range: `bytes=0-${most - 1}` });
    const bytes = await answer.arrayBuffer();
    const size = Number(/\/(\d+)$/.exec(answer.headers.get("content-range") ?? "")?.[1] ?? bytes.byteLength);
    return { text: new TextDecoder().decode(bytes), size, whole: bytes.byteLength >= size };
  } catch (error) {
    if (error instanceof ApiError && error.code === "InvalidRange") return { text: "", size: 0, whole: true };
    throw error;
  }
}
