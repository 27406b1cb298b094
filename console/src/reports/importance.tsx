/** What a prediction rests on: importance of each feature with its error, as bars or as a table. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import type { Importance } from "@/api/reports";
import { Bars } from "@/charts/bars";
import { written } from "@/reports/figures";

const FIRST = 10;

export function ImportanceChart({ label, importance }: { readonly label: string; readonly importance: Importance }) {
  const [asTable, setAsTable] = useState(false);
  const [all, setAll] = useState(false);
  const errors = importance.global_standard_error;
  const ranked = Object.entries(importance.global_shap_values).sort((one, other) => Math.abs(other[1]) - Math.abs(one[1]));
  const shown = all ? ranked : ranked.slice(0, FIRST);
  return (
    <SpaceBetween size="s">
      <Header
        variant="h2"
        description={importance.expected_value === undefined ? undefined : `Without any feature the prediction is ${written(importance.expected_value)}.`}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            {ranked.length > FIRST && <Button onClick={() => setAll(!all)}>{all ? `The first ${FIRST}` : `All ${ranked.length}`}</Button>}
            <Button onClick={() => setAsTable(!asTable)} ariaLabel={`${asTable ? "View as chart" : "View as table"}: feature importance`}>{asTable ? "View as chart" : "View as table"}</Button>
          </SpaceBetween>
        }
      >
        Feature importance
      </Header>
      {asTable ? (
        <Table
          variant="embedded"
          items={ranked}
          trackBy={(one) => one[0]}
          ariaLabels={{ tableLabel: "Feature importance" }}
          columnDefinitions={[
            { id: "feature", header: "Feature", isRowHeader: true, cell: (one) => one[0] },
            { id: "value", header: "Importance", cell: (one) => written(one[1]) },
            ...(errors === undefined ? [] : [{ id: "error", header: "Standard error, at most", cell: (one: [string, number]) => written(errors[one[0]]) }]),
          ]}
        />
      ) : (
        <Bars
          label={label === "" ? "Importance" : `Importance for ${label}`}
          write={(value) => written(value, 3)}
          bars={shown.map(([name, value]) => {
            const error = errors?.[name];
            return { label: name, value, low: error === undefined ? NaN : value - 1.96 * error, high: error === undefined ? NaN : value + 1.96 * error };
          })}
        />
      )}
      {errors !== undefined && <Box color="text-body-secondary">{Object.keys(errors).length === 0 ? "The values are sampled from too few coalitions to say how sure they are." : "The values are sampled; the error bars are 1.96 standard errors long on either side."}</Box>}
    </SpaceBetween>
  );
}
