import { useChange } from '../../api/use-call.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { KeyFields, settingsIn } from './key-fields.tsx'
import type { Key } from './key.ts'

/** Changes the settings of a key. They count from the next request on. */
export function EditKey({ apiKey, onClose }: { readonly apiKey: Key; readonly onClose: () => void }) {
  const update = useChange('PATCH /keys/{hash}', ['GET /keys'])
  return (
    <FormDialog
      title={`Edit ${apiKey.name}`}
      action="Save"
      onClose={onClose}
      onSubmit={async (form) => {
        await update.mutateAsync({ path: { hash: apiKey.hash }, body: settingsIn(form) })
        onClose()
      }}
    >
      <KeyFields apiKey={apiKey} />
    </FormDialog>
  )
}
