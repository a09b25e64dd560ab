import { type SyntheticEvent, useState } from 'react'
import { useChange } from '../../api/use-call.ts'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { Checkbox, Select, TextField } from '../../parts/field.tsx'
import { Panel } from '../../parts/panel.tsx'
import { RouteTable } from '../../parts/route-table.tsx'

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')

/** Shows the route that this request would take now, with other wishes. Nothing is called, and it costs nothing. */
export function WhatIf({ id }: { readonly id: string }) {
  const route = useChange('POST /waygate/generations/{id}/route', [])
  const [isOpen, setOpen] = useState(false)
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => String(form.get(name) ?? '').trim()
    const models = list(text('models'))
    const order = list(text('order'))
    const ignore = list(text('ignore'))
    const [prompt, completion] = [text('prompt'), text('completion')]
    const sort = text('sort')
    const provider = {
      ...(order.length > 0 && { order }),
      ...(ignore.length > 0 && { ignore }),
      ...(sort !== '' && { sort }),
      ...((prompt !== '' || completion !== '') && {
        max_price: { ...(prompt !== '' && { prompt: Number(prompt) }), ...(completion !== '' && { completion: Number(completion) }) },
      }),
      ...(form.get('no_fallbacks') !== null && { allow_fallbacks: false }),
    }
    route.mutate({
      path: { id },
      body: {
        ...(models.length > 0 && { models }),
        ...(Object.keys(provider).length > 0 && { provider }),
      } as never,
    })
  }
  return (
    <Panel
      title="What if"
      isFlush
      actions={
        <Button look="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Close' : 'Try another route'}
        </Button>
      }
    >
      {!isOpen ? (
        <p className="px-4 py-3 text-soft">The route that this request would take now, with another order, sort or price cap.</p>
      ) : (
        <>
          <form onSubmit={submit} className="grid gap-3 px-4 py-3 sm:grid-cols-2 lg:grid-cols-3">
            <TextField label="Models" name="models" placeholder="as asked" hint="In order, with commas." spellCheck={false} />
            <TextField label="Providers first" name="order" placeholder="any" hint="In order, with commas." spellCheck={false} />
            <TextField label="Providers left out" name="ignore" placeholder="none" spellCheck={false} />
            <Select label="Sort by" name="sort" defaultValue="">
              <option value="">as asked</option>
              <option value="price">price</option>
              <option value="latency">latency</option>
              <option value="throughput">throughput</option>
            </Select>
            <TextField label="Most for the prompt ($/M)" name="prompt" type="number" min="0" step="any" placeholder="any" />
            <TextField label="Most for the answer ($/M)" name="completion" type="number" min="0" step="any" placeholder="any" />
            <Checkbox label="No fallbacks" name="no_fallbacks" className="sm:col-span-2" />
            <div className="flex items-end justify-end">
              <Button type="submit" look="solid" isBusy={route.isPending}>
                Show the route
              </Button>
            </div>
          </form>
          {route.error !== null && (
            <div className="px-4">
              <Fault error={route.error} />
            </div>
          )}
          {route.data !== undefined && <RouteTable route={route.data.data} />}
        </>
      )}
    </Panel>
  )
}
