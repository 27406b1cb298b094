import Box from "@cloudscape-design/components/box";

interface Props {
  readonly what: string;
  /** What makes the first one. */
  readonly program?: string;
  readonly also?: string;
}

export function Nothing({ what, program, also }: Props) {
  return (
    <Box textAlign="center" padding="m">
      <Box variant="strong">No {what} yet.</Box>
      {program !== undefined && (
        <>
          <Box>This makes the first one:</Box>
          <pre className="mono program left" tabIndex={0}>{program}</pre>
        </>
      )}
      {also !== undefined && <Box color="text-body-secondary">{also}</Box>}
    </Box>
  );
}
