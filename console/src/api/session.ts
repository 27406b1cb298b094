import { useQuery } from "@tanstack/react-query";
import { send } from "@/api/client";

export interface Session {
  readonly signedIn: boolean;
  readonly version: string;
  readonly account: string;
  readonly region: string;
  /** Regions that hold records of this account. */
  readonly regions: readonly string[];
  readonly store: string;
  readonly database: string;
  readonly launcher: string;
  readonly awsLimits: boolean;
  readonly user: string;
  readonly rev: number;
}

export function useSession() {
  return useQuery({
    queryKey: ["session"],
    queryFn: async () => (await (await send("GET", "session")).json()) as Session,
    staleTime: 60_000,
    retry: false,
  });
}

export async function signIn(token: string): Promise<void> {
  await send("POST", "session", JSON.stringify({ token: token.trim() }));
}

export async function signOut(): Promise<void> {
  await send("DELETE", "session");
}
