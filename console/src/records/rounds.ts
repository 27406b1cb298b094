/** All that a query finds, a thousand records at a time. The server keeps the rows behind a page's token, so nothing is
 * skipped or repeated while records change, even when the change takes them out of what the query finds. */
import { table, type TableAnswer, type TableRequest } from "@/api/own";

/** The most that the server gives on one page. */
const ROUND = 1_000;

export type Asked = Omit<TableRequest, "limit" | "offset" | "token">;

export async function* rounds(request: Asked, signal?: AbortSignal, ask: typeof table = table): AsyncGenerator<TableAnswer> {
  let token: string | null | undefined;
  do {
    const answer: TableAnswer = await ask({ ...request, limit: ROUND, ...(typeof token === "string" ? { token } : {}) }, signal);
    yield answer;
    token = answer.token;
  } while (typeof token === "string");
}
