import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { link } from "@/app/router";
import type { PageProps } from "@/app/routes";
import { Configuration } from "@/pages/endpoint/configuration";
import { DeleteButton } from "@/parts/delete";
import { UsersOf } from "@/parts/users-of";

export default function EndpointConfigPage({ rest }: PageProps) {
  const name = rest[0];
  if (name === undefined) {
    return (
      <SpaceBetween size="l">
        <Header variant="h1">Endpoint configurations</Header>
        <div>Each endpoint shows its configuration: <Link href={link(["endpoints"])}>all endpoints</Link>.</div>
      </SpaceBetween>
    );
  }
  return (
    <SpaceBetween size="l">
      <Header variant="h1" description="Endpoint configuration" actions={<DeleteButton kind="endpoint configuration" name={name} operation="DeleteEndpointConfig" input={{ EndpointConfigName: name }} back="#/endpoints" along={<UsersOf resource="endpoint" property="EndpointConfigName" name={name} fate="that goes on as it is." />} />}>
        {name}
      </Header>
      <Configuration name={name} raw />
    </SpaceBetween>
  );
}
