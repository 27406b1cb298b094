/** The server's own answer, for who wants all of it. */
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import ExpandableSection from "@cloudscape-design/components/expandable-section";

export function Raw({ of, title = "As the API gives it" }: { readonly of: unknown; readonly title?: string }) {
  const text = JSON.stringify(of, undefined, 2);
  return (
    <ExpandableSection
      headerText={title}
      variant="container"
      headerActions={<CopyToClipboard textToCopy={text} copyButtonText="Copy" copySuccessText="Copied" copyErrorText="Not copied" />}
    >
      <pre className="mono program" tabIndex={0}>{text}</pre>
    </ExpandableSection>
  );
}
