import type { PageProps } from "@/app/routes";
import { ModelPage } from "@/pages/model/model";
import { Nothing } from "@/parts/nothing";
import { kindOf } from "@/records/kinds";
import { RecordSearch } from "@/records/record-search";

const FIRST = `model = estimator.create_model()
model.create()`;

export default function ModelsPage({ rest, params }: PageProps) {
  if (rest[0] !== undefined) return <ModelPage name={rest[0]} params={params} />;
  return <RecordSearch params={params} kind={kindOf("model")} title="Models" empty={<Nothing what="models" program={FIRST} also="Or deploy the best training job from its page." />} />;
}
