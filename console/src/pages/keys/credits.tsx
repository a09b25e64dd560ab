import { useState } from 'react'
import { useCall, useChange } from '../../api/use-call.ts'
import { money } from '../../format/money.ts'
import { Button } from '../../parts/button.tsx'
import { Facts } from '../../parts/facts.tsx'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { textOf } from '../../parts/form-values.ts'
import { Loaded } from '../../parts/loaded.tsx'
import { Panel } from '../../parts/panel.tsx'

/** What the account may spend in all. */
export function Credits() {
  const query = useCall('GET /waygate/credits')
  const add = useChange('POST /waygate/credits', ['GET /waygate/credits', 'GET /waygate/accounts'])
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel title="Credits" className="max-w-xl" actions={<Button onClick={() => setOpen(true)}>Add credits</Button>}>
      <Loaded query={query} lines={2}>
        {({ data: { total, spent, remaining } }) => (
          <>
            <Facts
              areNumbers
              facts={[
                ['Added', money(total)],
                ['Spent', money(spent)],
                ['Left', remaining === null ? 'no limit' : money(remaining)],
              ]}
            />
            <p className="mt-3 text-xs text-soft">
              An account that never had credits may spend without a limit, as far as its keys allow. From the first
              credits on, it may spend no more than it has, also when they are taken back.
            </p>
          </>
        )}
      </Loaded>
      {isOpen && (
        <FormDialog
          title="Add credits"
          action="Add"
          onClose={() => setOpen(false)}
          onSubmit={async (form) => {
            const note = textOf(form, 'note')
            await add.mutateAsync({ body: { amount: Number(form.get('amount')), ...(note !== '' && { note }) } })
            setOpen(false)
          }}
        >
          <TextField
            label="Amount (USD)"
            name="amount"
            type="number"
            step="any"
            required
            hint="A negative amount takes credits back."
          />
          <TextField label="Note" name="note" maxLength={100} placeholder="What it is for" />
        </FormDialog>
      )}
    </Panel>
  )
}
