import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useSession } from "@/api/session";

export default function AboutPage() {
  const { data } = useSession();
  return (
    <SpaceBetween size="l">
      <Header variant="h1">About</Header>
      <Container header={<Header variant="h2">This server</Header>}>
        <KeyValuePairs
          columns={3}
          items={[
            { label: "Version", value: data?.version ?? "–" },
            { label: "Account", value: data?.account ?? "–" },
            { label: "Store", value: data?.store ?? "–" },
            { label: "Database", value: data?.database ?? "–" },
            { label: "Jobs", value: data?.launcher === "record" ? "recorded only" : "run on this machine" },
            { label: "SageMaker's limits", value: data?.awsLimits === true ? "enforced" : "off" },
          ]}
        />
      </Container>
      <Container header={<Header variant="h2">Licences</Header>}>
        Trialbook is free software under the Apache License 2.0.{" "}
        <Link href="console/THIRD-PARTY-LICENSES.txt" target="_blank">
          Licences of what this page is built from
        </Link>
      </Container>
    </SpaceBetween>
  );
}
