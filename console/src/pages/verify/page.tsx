/** Was this data used? By file, by URI, or by hash. The page's address holds what was pasted; a file stays here. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FileUpload from "@cloudscape-design/components/file-upload";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { verify } from "@/api/verify";
import { change } from "@/app/router";
import type { PageProps } from "@/app/routes";
import { AnswerView } from "@/pages/verify/answer";
import { asQuestion, ofFile } from "@/pages/verify/question";
import { Loaded } from "@/parts/loaded";

const FILE_WORDS = {
  uploadButtonText: () => "Choose a file",
  dropzoneText: () => "Drop a file here",
  removeFileAriaLabel: () => "Remove the file",
  limitShowFewer: "Fewer",
  limitShowMore: "More",
  errorIconAriaLabel: "Error",
};

export default function VerifyPage({ params }: PageProps) {
  const asked = params.get("q") ?? "";
  const seenOnly = params.get("seen") === "only";
  const [text, setText] = useState(asked);
  const [shown, setShown] = useState(asked);
  const [file, setFile] = useState<File>();
  if (shown !== asked) {
    setShown(asked);
    setText(asked);
  }
  const question = asQuestion(asked);
  const problem = asQuestion(text);
  const ready = file !== undefined || typeof question !== "string";
  const answer = useQuery({
    queryKey: ["verify", file === undefined ? asked : [file.name, file.size, file.lastModified], seenOnly],
    queryFn: async ({ signal }) => verify(file === undefined ? (question as Exclude<typeof question, string>) : await ofFile(file), seenOnly, signal),
    enabled: ready,
    retry: false,
  });
  const ask = () => {
    setFile(undefined);
    if (text.trim() === asked) void answer.refetch();
    else change({ q: text.trim() });
  };
  return (
    <SpaceBetween size="l">
      <div className="screen-only"><Header variant="h1" description="By content: under any name, whole, in part, or row by row. And by where it lies.">Was this data used?</Header></div>
      <div className="screen-only"><Container>
        <SpaceBetween size="m">
          <form onSubmit={(event) => { event.preventDefault(); if (typeof problem !== "string") ask(); }}>
            <FormField label="URI or hash" description="s3://bucket/key or a prefix, or what sha256sum prints." errorText={text.trim() !== "" && typeof problem === "string" ? problem : undefined} stretch>
              <SpaceBetween direction="horizontal" size="xs">
                <div className="verify-text"><Input value={text} onChange={({ detail }) => setText(detail.value)} placeholder="s3://bucket/train/" spellcheck={false} /></div>
                <Button variant="primary" formAction="submit" disabled={typeof problem === "string"}>Ask</Button>
              </SpaceBetween>
            </FormField>
          </form>
          <FormField label="Or a file" description="Up to 11 MiB it is sent to this server and its rows are compared, if it is a table. Of a larger file only the hash is sent.">
            <FileUpload
              value={file === undefined ? [] : [file]}
              onChange={({ detail }) => { setFile(detail.value[0]); if (asked !== "") change({ q: undefined }, "replace"); }}
              showFileSize
              showFileLastModified
              i18nStrings={FILE_WORDS}
            />
          </FormField>
          <Checkbox checked={seenOnly} onChange={({ detail }) => change({ seen: detail.checked ? "only" : undefined }, "replace")} description="Jobs that were only recorded, or read data elsewhere, leave a miss undecided otherwise.">
            Decide over the data that was seen
          </Checkbox>
        </SpaceBetween>
      </Container></div>
      {ready ? (
        <Loaded of={answer}>{(told) => <AnswerView answer={told} />}</Loaded>
      ) : (
        <Box color="text-body-secondary" padding={{ horizontal: "l" }}>Whole folders and larger files: run <code className="mono">trialbook verify PATH</code>; it sends hashes only.</Box>
      )}
    </SpaceBetween>
  );
}
