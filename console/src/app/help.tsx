import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import Modal from "@cloudscape-design/components/modal";
import { useState } from "react";
import { keysAreOn, SHORTCUTS, turnKeys } from "@/app/keys";
import { shown } from "@/app/navigation";

export function Help({ done }: { readonly done: () => void }) {
  const [on, setOn] = useState(keysAreOn);
  const pages = shown().flat().flatMap(({ key, text }) => (key === undefined ? [] : [[`g ${key}`, text] as const]));
  return (
    <Modal visible onDismiss={done} header="Keys" closeAriaLabel="Close">
      <table className="keys">
        <tbody>
          {[...SHORTCUTS, ...pages].map(([key, text]) => (
            <tr key={key}>
              <th scope="row"><kbd className="mono">{key}</kbd></th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Box variant="small">Keys rest while you write in a field.</Box>
      <Checkbox checked={on} onChange={({ detail }) => { turnKeys(detail.checked); setOn(detail.checked); }}>Single keys do what is listed here</Checkbox>
    </Modal>
  );
}
