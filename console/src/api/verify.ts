/** Was this data used? The operation `verify` of Trialbook's own API. */
import { own } from "@/api/client";

export interface FileHash {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
}

/** One way to name data. */
export type Question =
  | { readonly uri: string }
  | { readonly hash: string }
  | { readonly data: string; readonly name: string }
  | { readonly files: readonly FileHash[]; readonly name: string; readonly folder: boolean };

export interface Thing {
  readonly type: string;
  readonly name: string;
  readonly arn: string;
}

export interface Use {
  readonly direction: "read" | "wrote";
  readonly name: string;
  readonly uri: string;
  readonly time: number | null;
  readonly by: Thing & { readonly status?: string | null; readonly run?: string };
  readonly downstream: readonly Thing[];
}

export interface Finding {
  readonly relation: string;
  readonly text: string;
  readonly content?: string;
  readonly names?: readonly { readonly asked: string; readonly used: string }[];
  /** Readers first, then the newest; a hundred at most of `count`. */
  readonly uses: readonly Use[];
  readonly count: number;
}

export interface Answer {
  readonly decision: "used" | "unused" | "undecided";
  readonly summary: string;
  readonly asked: {
    readonly title: string;
    readonly content: string | null;
    readonly count: number;
    readonly size: number;
    readonly rows: Readonly<Record<string, number>>;
    readonly uri?: string;
  };
  readonly findings: readonly Finding[];
  readonly unchecked: readonly { readonly what: string; readonly why: string }[];
  readonly tables: number;
  readonly time: number;
}

export function verify(question: Question, ignoreUnseen: boolean, signal?: AbortSignal): Promise<Answer> {
  return own("verify", { ...question, ignore_unseen: ignoreUnseen }, signal);
}
