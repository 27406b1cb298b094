/** Explanations of a run's model. */
import Box from "@cloudscape-design/components/box";

export default function ExplanationsTab() {
  return <Box textAlign="center" padding="l">This run has no explanations.</Box>;
}
