/** A job's secondary states in order, each with when it began and how long it lasted. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Steps, { type StepsProps } from "@cloudscape-design/components/steps";
import type { SecondaryStatusTransition } from "@/api/aws-types";
import { showDuration, showTime } from "@/query/show";

const FINAL: Readonly<Record<string, StepsProps.Status>> = { Failed: "error", Stopped: "stopped", MaxRuntimeExceeded: "warning", Interrupted: "warning", MaxWaitTimeExceeded: "warning" };

export function Timeline({ of }: { readonly of: readonly SecondaryStatusTransition[] }) {
  return (
    <Container header={<Header variant="h2">Timeline</Header>}>
      <Steps
        ariaLabel="Timeline"
        steps={of.map((one) => {
          const took = one.EndTime === undefined ? "" : `, ${showDuration(one.EndTime - one.StartTime)}`;
          return {
            status: FINAL[one.Status] ?? (one.EndTime === undefined ? "in-progress" : "success"),
            header: one.Status,
            details: `${showTime(one.StartTime)}${took}${one.StatusMessage === undefined ? "" : `: ${one.StatusMessage}`}`,
          };
        })}
      />
    </Container>
  );
}
