/** What a job or a run read and wrote, by content: the operation `contents` of Trialbook's own API. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { own } from "@/api/client";

export interface Content {
  /** `sha256:` of a file, `sha256-tree:` of a folder. */
  readonly content: string;
  /** Bytes. */
  readonly size: number;
  /** Files. */
  readonly count: number;
  /** Epoch seconds. */
  readonly time: number;
  readonly direction: "read" | "wrote";
  /** The channel, input or output. */
  readonly name: string;
  readonly uri: string;
}

/** Those of a job or a run by its ARN; asked anew when `moment` changes. */
export function useContents(arn: string, moment: string) {
  return useQuery({
    queryKey: ["contents", arn, moment],
    queryFn: async ({ signal }) => (await own<{ contents: readonly Content[] }>("contents", { name: arn, files: 0 }, signal)).contents,
    enabled: arn !== "",
    placeholderData: keepPreviousData,
  });
}
