/** Facts of one record as pairs of a word and a value; what is not there is left out. */
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import type { ReactNode } from "react";

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

export function Facts({ items, columns = 3 }: { readonly items: readonly Fact[]; readonly columns?: number }) {
  const shown = items.filter(({ value }) => value !== undefined && value !== null && value !== "");
  return <KeyValuePairs columns={columns} items={shown.map(({ label, value }) => ({ label, value }))} />;
}

/** A text that people copy, such as an ARN or an address. */
export function Copied({ text }: { readonly text: string }) {
  return (
    <CopyToClipboard variant="inline" textToCopy={text} copyButtonAriaLabel={`Copy ${text}`} copySuccessText="Copied" copyErrorText="Not copied" />
  );
}
