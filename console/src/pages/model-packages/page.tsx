import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { aws, useAws } from "@/api/aws";
import type { ModelApprovalStatus } from "@/api/aws-types";
import { attempt } from "@/app/notices";
import type { PageProps } from "@/app/routes";
import { link } from "@/app/router";
import { JobOfArtifacts } from "@/parts/training-job-of";
import { Copied, Facts } from "@/parts/facts";
import { Opened } from "@/parts/opened";
import { Nothing } from "@/parts/nothing";
import { Raw } from "@/parts/raw";
import { Tags } from "@/parts/tags";
import { When } from "@/parts/when";
import { Status } from "@/records/columns";
import { kindOf } from "@/records/kinds";
import { RecordSearch } from "@/records/record-search";

export default function ModelPackagesPage({ rest, params }: PageProps) {
  if (rest[0] !== undefined) return <ModelPackage name={rest.join("/")} />;
  const group = params.get("group");
  const pinned = group === null ? "" : `ModelPackageGroupName = ${JSON.stringify(group)}`;
  return (
    <RecordSearch params={params} kind={kindOf("model-package")} pinned={pinned} title={group === null ? "Model packages" : `Model packages of ${group}`} empty={<Nothing what="model packages" program={`model.register(model_package_group_name="credit", content_types=["text/csv"], response_types=["text/csv"])`} />} />
  );
}

function ModelPackage({ name }: { readonly name: string }) {
  const found = useAws("DescribeModelPackage", { ModelPackageName: name });
  const approve = async (status: ModelApprovalStatus, arn: string) => {
    await attempt(() => aws("UpdateModelPackage", { ModelPackageArn: arn, ModelApprovalStatus: status }), `${status}: ${name}`);
    await found.refetch();
  };
  return (
    <Opened
      of={found}
      head={(one) => ({
        kind: "Model package",
        name: one.ModelPackageName ?? name,
        status: one.ModelPackageStatus,
        arn: one.ModelPackageArn,
        actions: [
          <ButtonDropdown
            key="approval"
            items={[{ id: "Approved", text: "Approve" }, { id: "Rejected", text: "Reject" }, { id: "PendingManualApproval", text: "Leave pending" }]}
            onItemClick={({ detail }) => void approve(detail.id as ModelApprovalStatus, one.ModelPackageArn ?? name)}
          >
            Approval
          </ButtonDropdown>,
        ],
      })}
    >
      {(one) => (
        <SpaceBetween size="l">
          {one.ModelPackageDescription !== undefined && <Alert type="info">{one.ModelPackageDescription}</Alert>}
          <Container header={<Header variant="h2">Settings</Header>}>
            <Facts
              items={[
                { label: "Status", value: <Status value={one.ModelPackageStatus ?? ""} /> },
                { label: "Approval", value: one.ModelApprovalStatus === undefined ? undefined : <Status value={one.ModelApprovalStatus} /> },
                { label: "Version", value: one.ModelPackageVersion },
                { label: "Group", value: one.ModelPackageGroupName === undefined ? undefined : <Link href={link(["model-packages"], { group: one.ModelPackageGroupName })}>{one.ModelPackageGroupName}</Link> },
                { label: "ARN", value: <Copied text={one.ModelPackageArn ?? ""} /> },
                { label: "Created", value: <When at={one.CreationTime} /> },
                ...(one.InferenceSpecification?.Containers ?? []).flatMap((each) => [
                  { label: "Image", value: each.Image },
                  { label: "Model artifacts", value: each.ModelDataUrl },
                  { label: "Model training job", value: each.ModelDataUrl === undefined ? undefined : <JobOfArtifacts url={each.ModelDataUrl} /> },
                ]),
              ]}
            />
          </Container>
          <Tags arn={one.ModelPackageArn ?? ""} resource="model-package" />
          <Raw of={one} />
        </SpaceBetween>
      )}
    </Opened>
  );
}
