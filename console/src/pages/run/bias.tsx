/** Bias reports of a run. */
import Box from "@cloudscape-design/components/box";

export default function BiasTab() {
  return <Box textAlign="center" padding="l">This run has no bias report.</Box>;
}
