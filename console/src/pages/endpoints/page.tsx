import type { PageProps } from "@/app/routes";
import { EndpointPage } from "@/pages/endpoint/endpoint";
import { Nothing } from "@/parts/nothing";
import { kindOf } from "@/records/kinds";
import { RecordSearch } from "@/records/record-search";

const FIRST = `predictor = estimator.deploy(initial_instance_count=1, instance_type="ml.m5.large")`;

export default function EndpointsPage({ rest, params }: PageProps) {
  if (rest[0] !== undefined) return <EndpointPage name={rest[0]} params={params} />;
  return <RecordSearch params={params} kind={kindOf("endpoint")} title="Endpoints" empty={<Nothing what="endpoints" program={FIRST} also="Or deploy a model from its page." />} />;
}
