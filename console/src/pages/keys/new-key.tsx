import { useState } from 'react'
import { useChange } from '../../api/use-call.ts'
import { Button } from '../../parts/button.tsx'
import { CodeBlock } from '../../parts/code-block.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { textOf } from '../../parts/form-values.ts'
import { KeyFields, settingsIn } from './key-fields.tsx'

/** Makes a key, and shows it once. The key is kept only while the dialog is open. */
export function NewKey({ onClose }: { readonly onClose: () => void }) {
  const create = useChange('POST /keys', ['GET /keys', 'GET /waygate/accounts'])
  const [key, setKey] = useState<string | null>(null)
  const submit = async (form: FormData): Promise<void> => {
    const day = textOf(form, 'expires')
    const reply = await create.mutateAsync({
      body: { ...settingsIn(form), ...(day !== '' && { expires_at: `${day}T00:00:00Z` }) },
    })
    setKey(reply.key)
    create.reset()
  }
  if (key === null) {
    return (
      <FormDialog title="New key" action="Make the key" onSubmit={submit} onClose={onClose}>
        <KeyFields />
        <TextField label="Expires" name="expires" type="date" hint="At the beginning of this day, UTC. Empty: never." />
      </FormDialog>
    )
  }
  return (
    <Dialog title="The new key" onClose={onClose}>
      <p className="mb-2">This is the only time that the key is shown. Keep it where secrets are kept.</p>
      <CodeBlock label="The new key" text={key} />
      <div className="mt-4 flex justify-end">
        <Button look="solid" onClick={onClose}>
          I have kept it
        </Button>
      </div>
    </Dialog>
  )
}
