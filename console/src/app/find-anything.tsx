/** One box over all kinds of records: words are looked for in each, and a choice goes to the record's page. */
import Autosuggest, { type AutosuggestProps } from "@cloudscape-design/components/autosuggest";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { findAnywhere, type Found } from "@/api/anywhere";
import { go, link } from "@/app/router";
import { toText } from "@/query/filter";
import { pageOf } from "@/records/kinds";

const EACH = 5;

export function FindAnything() {
  const [text, setText] = useState("");
  const box = useRef<AutosuggestProps.Ref>(null);
  const words = useDeferredValue(text.trim());
  const where = toText({ join: "and", nodes: [{ property: "", operator: "words", values: [words] }] });
  const found = useQuery({
    queryKey: ["anywhere", words],
    queryFn: ({ signal }) => findAnywhere(where, EACH, signal),
    enabled: words !== "",
    placeholderData: (before) => before,
  });
  useEffect(() => {
    function press(event: KeyboardEvent): void {
      if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      box.current?.focus();
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);

  const kinds = words === "" ? [] : (found.data?.kinds ?? []);
  return (
    <div id="anything">
      <Autosuggest
        ref={box}
        value={text}
        options={kinds.map(groupOf)}
        filteringType="manual"
        placeholder="Find anything"
        ariaLabel="Find anything"
        enteredTextLabel={(value) => `Search runs for “${value}”`}
        statusType={found.isFetching ? "loading" : found.isError ? "error" : "finished"}
        loadingText="Looking"
        errorText="The server did not answer."
        empty={words === "" ? "Words of a name, a parameter, a tag …" : "Nothing has these words."}
        clearAriaLabel="Clear"
        onChange={({ detail }) => setText(detail.value)}
        onSelect={({ detail }) => {
          const href = detail.selectedOption?.value ?? "";
          setText("");
          go(href.startsWith("#/") ? href : link(["search"], { f: JSON.stringify(["and", ["", "words", detail.value]]) }));
        }}
      />
    </div>
  );
}

function groupOf(kind: Found): AutosuggestProps.Option {
  const { label, href, word } = pageOf(kind.resource);
  return {
    label: `${label} (${kind.total.toLocaleString()})`,
    options: kind.records.map((one) => ({ value: href(one.name, one.arn), label: one.name, description: word })),
  } as AutosuggestProps.Option;
}
