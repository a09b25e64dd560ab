import { money } from '../../format/money.ts'
import { full } from '../../format/number.ts'
import { Panel } from '../../parts/panel.tsx'
import type { Detail } from './detail.ts'

type Part = Detail['costs'][number]

/** Each part of the cost, and where the amount comes from. Those of the account sum to the whole. */
export function Costs({ detail }: { readonly detail: Detail }) {
  const { costs, cost, upstream_cost: upstream, is_byok: isByok } = detail
  const others = costs.filter(({ borne_by: payer }) => payer !== 'account')
  return (
    <Panel title="Cost">
      <table aria-label="Parts of the cost" className="w-full">
        <tbody>
          <Parts parts={costs.filter(({ borne_by: payer }) => payer === 'account')} />
        </tbody>
        <tbody>
          <tr className="border-t border-line">
            <th scope="row" className="py-1 text-left font-medium">
              Total
            </th>
            <td className="py-1 text-right font-medium tabular-nums">{money(cost)}</td>
          </tr>
        </tbody>
        {others.length > 0 && (
          <tbody>
            <tr>
              <th scope="rowgroup" colSpan={2} className="pt-2 text-left text-xs font-medium text-soft">
                Not charged to the account
              </th>
            </tr>
            <Parts parts={others} />
          </tbody>
        )}
      </table>
      {isByok && (
        <p className="mt-1 text-xs text-soft">The provider charges {money(upstream)} to the account’s own key.</p>
      )}
    </Panel>
  )
}

function Parts({ parts }: { readonly parts: readonly Part[] }) {
  return parts.map((part, index) => (
    <tr key={index} className="align-top">
      <th scope="row" className="py-0.5 pr-3 text-left font-normal">
        {part.part.replaceAll('_', ' ')}
        <span className="block text-xs text-soft">{sourceOf(part)}</span>
      </th>
      <td className="py-0.5 text-right tabular-nums">{money(part.amount)}</td>
    </tr>
  ))
}

/** Returns what the amount was charged for, and how it is known. */
function sourceOf({ source, provider, engine, unit, units }: Part): string {
  const name = unit.replaceAll('_', ' ')
  const amount = units === null ? name : `${full(units)} ${name}${units === 1 ? '' : 's'}`
  return [amount, engine || provider, source.replaceAll('_', ' ')].filter((text) => text !== '').join(' · ')
}
