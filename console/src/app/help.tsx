import Box from "@cloudscape-design/components/box";
import Modal from "@cloudscape-design/components/modal";
import { SHORTCUTS } from "@/app/keys";
import { shown } from "@/app/navigation";

export function Help({ done }: { readonly done: () => void }) {
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
    </Modal>
  );
}
