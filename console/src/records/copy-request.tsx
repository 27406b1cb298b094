/** A menu that gives what makes the same again: as a program of boto3, or as a command. */
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { lazy, Suspense, useState } from "react";
import { aws } from "@/api/aws";
import { place } from "@/api/client";
import { attempt } from "@/app/notices";
import type { Text } from "@/records/program-text";
import type { Request } from "@/records/requests";

const ProgramText = lazy(async () => ({ default: (await import("@/records/program-text")).ProgramText }));

interface Props {
  /** Its tags go into the request. */
  readonly arn: string;
  readonly name: string;
  readonly make: (tags: readonly { readonly Key: string; readonly Value: string }[]) => Promise<readonly Request[]> | readonly Request[];
}

export function CopyRequest({ arn, name, make }: Props) {
  const [text, setText] = useState<Text>();
  async function choose(id: string): Promise<void> {
    await attempt(async () => {
      const [{ Tags: tags = [] }, { boto3Requests, cliRequests }] = await Promise.all([aws("ListTags", { ResourceArn: arn }), import("@/records/requests")]);
      const requests = await make(tags.filter((one) => !one.Key.startsWith("aws:")));
      setText(id === "boto3" ? { title: `Python that makes one like ${name}`, body: boto3Requests(requests, place.region) } : { title: `Command that makes one like ${name}`, body: cliRequests(requests, place.region) });
    });
  }
  return (
    <>
      <ButtonDropdown items={[{ id: "boto3", text: "As Python (boto3)" }, { id: "cli", text: "As AWS CLI" }]} onItemClick={({ detail }) => void choose(detail.id)}>
        Copy
      </ButtonDropdown>
      {text !== undefined && <Suspense><ProgramText text={text} close={() => setText(undefined)} /></Suspense>}
    </>
  );
}
