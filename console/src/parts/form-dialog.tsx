import { type ReactNode, type SyntheticEvent, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Fault } from './fault.tsx'

interface FormDialogProps {
  readonly title: string
  /** The verb on the button. */
  readonly action: string
  readonly children: ReactNode
  /** Does what the form is for. The error that it throws is shown, and the form stays. */
  readonly onSubmit: (form: FormData) => Promise<unknown>
  readonly onClose: () => void
}

/** A form in a dialog. */
export function FormDialog({ title, action, children, onSubmit, onClose }: FormDialogProps) {
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async (event: SyntheticEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      await onSubmit(new FormData(event.currentTarget))
    } catch (reason) {
      setError(reason)
    }
    setBusy(false)
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="space-y-3">
        {children}
        {error !== null && <Fault error={error} />}
        <div className="flex justify-end gap-2 pt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="solid" isBusy={isBusy}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
