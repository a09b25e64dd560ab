import { type SyntheticEvent, useState } from 'react'
import { useChange } from '../../api/use-call.ts'
import { Button } from '../../parts/button.tsx'
import { Fault } from '../../parts/fault.tsx'
import { Checkbox, Select, TextField } from '../../parts/field.tsx'
import { listOf, numberOf, textOf } from '../../parts/form-values.ts'
import { Panel } from '../../parts/panel.tsx'
import { RouteTable } from './route-table.tsx'

/** Shows the route that this request would take now, with other wishes. Nothing is called, and it costs nothing. */
export function WhatIf({ id }: { readonly id: string }) {
  const route = useChange('POST /waygate/generations/{id}/route', [])
  const [isOpen, setOpen] = useState(false)
  const submit = (event: SyntheticEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const models = listOf(form, 'models')
    const order = listOf(form, 'order')
    const ignore = listOf(form, 'ignore')
    const sort = textOf(form, 'sort')
    const prompt = numberOf(form, 'prompt')
    const completion = numberOf(form, 'completion')
    const maxPrice = { ...(prompt !== null && { prompt }), ...(completion !== null && { completion }) }
    const provider = {
      ...(order.length > 0 && { order }),
      ...(ignore.length > 0 && { ignore }),
      ...(sort !== '' && { sort }),
      ...(Object.keys(maxPrice).length > 0 && { max_price: maxPrice }),
      ...(form.get('no_fallbacks') !== null && { allow_fallbacks: false }),
    }
    route.mutate({
      path: { id },
      body: {
        ...(models.length > 0 && { models }),
        ...(Object.keys(provider).length > 0 && { provider }),
      },
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
        <p className="px-4 py-3 text-soft">
          The route that this request would take now, with another order, sort or price cap.
        </p>
      ) : (
        <>
          <form onSubmit={submit} className="grid gap-3 px-4 py-3 sm:grid-cols-2 lg:grid-cols-3">
            <TextField
              label="Models"
              name="models"
              placeholder="as asked"
              hint="In order, with commas."
              spellCheck={false}
            />
            <TextField
              label="Providers first"
              name="order"
              placeholder="any"
              hint="In order, with commas."
              spellCheck={false}
            />
            <TextField label="Providers left out" name="ignore" placeholder="none" spellCheck={false} />
            <Select label="Sort by" name="sort" defaultValue="">
              <option value="">as asked</option>
              <option value="price">price</option>
              <option value="latency">latency</option>
              <option value="throughput">throughput</option>
            </Select>
            <TextField
              label="Most for the prompt ($/M)"
              name="prompt"
              type="number"
              min="0"
              step="any"
              placeholder="any"
            />
            <TextField
              label="Most for the answer ($/M)"
              name="completion"
              type="number"
              min="0"
              step="any"
              placeholder="any"
            />
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
