import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { ApiError } from "@/api/client";
import { signIn } from "@/api/session";
import { go, parse } from "@/app/router";

export function SignIn({ because, done }: { readonly because: string | null; readonly done: () => void }) {
  const [token, setToken] = useState("");
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  async function submit(): Promise<void> {
    setBusy(true);
    try {
      await signIn(/[?&]token=([^&#]+)/.exec(token)?.[1] ?? token);
      setError(undefined);
      if (parse(window.location.hash).path[0] === "sign-in") go("#/search", "replace");
      done();
    } catch (failure) {
      setError(failure instanceof ApiError ? failure.message : String(failure));
    } finally {
      setBusy(false);
    }
  }

  return (
    <main>
      <Box margin="xxxl" padding="xxxl">
        <form onSubmit={(event) => { event.preventDefault(); void submit(); }}>
          <Form actions={<Button variant="primary" loading={busy}>Sign in</Button>} errorText={error}>
            <Container header={<Header variant="h1">Trialbook</Header>}>
              <SpaceBetween size="l">
                {because === "link" && <Alert type="warning">That link is no longer valid: print a new one.</Alert>}
                <Box>
                  Run <Box variant="code">trialbook console</Box> on the server's machine and open the link that it prints, or paste the
                  link or its token here.
                </Box>
                <FormField label="Link or token">
                  <Input value={token} onChange={({ detail }) => setToken(detail.value)} type="password" autoFocus />
                </FormField>
              </SpaceBetween>
            </Container>
          </Form>
        </form>
      </Box>
    </main>
  );
}
