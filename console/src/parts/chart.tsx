import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import { useIsDark } from '../scheme.ts'

export interface Series {
  readonly label: string
  readonly values: readonly (number | null)[]
  /** The name of a colour of the theme. */
  readonly color: string
  /** What it is compared with is drawn lighter. */
  readonly isDashed?: boolean
  readonly isFilled?: boolean
}

interface ChartProps {
  /** What the chart shows, for screen readers. */
  readonly label: string
  /** Unix seconds. */
  readonly times: readonly number[]
  readonly series: readonly Series[]
  readonly format: (value: number) => string
  readonly height?: number
}

/** A chart of values over time. The values at the pointer stand below it. */
export default function Chart({ label, times, series, format, height = 240 }: ChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const isDark = useIsDark()
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const colour = (name: string): string => resolved(element, name)
    const axis = { stroke: colour('soft'), ticks: { show: false }, font: '11px system-ui, sans-serif' }
    const plot = new UPlot(
      {
        width: element.clientWidth,
        height,
        legend: { live: true },
        cursor: { points: { size: 6 }, y: false },
        padding: [8, 12, 0, 0],
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 70,
            size: 28,
            values: (_, times, __, ___, step) => times.map(tickOf(step)),
          },
          {
            ...axis,
            grid: { stroke: colour('line'), width: 1 },
            values: (_, ticks) => ticks.map(format),
            size: (_, values) => 14 + Math.max(24, ...(values ?? []).map((text) => text.length * 6.5)),
            space: 40,
          },
        ],
        scales: {
          y: { range: (_, low, high) => [Math.min(0, low ?? 0), high === null || high <= 0 ? 1 : high * 1.08] },
        },
        series: [
          { value: '{DD} {MMM} {HH}:{mm}' },
          ...series.map(({ label, color, values, isDashed = false, isFilled = false }) => ({
            label,
            stroke: colour(color),
            width: isDashed ? 1.2 : 1.8,
            dash: isDashed ? [4, 4] : undefined,
            fill: isFilled ? `color-mix(in srgb, ${colour(color)} 12%, transparent)` : undefined,
            points: { show: hasLonePoint(values) },
            value: (_: UPlot, value: number | null) => (value === null ? '–' : format(value)),
          })),
        ],
      },
      [[...times], ...series.map(({ values }) => [...values])],
      element,
    )
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
    watch.observe(element)
    return () => {
      watch.disconnect()
      plot.destroy()
    }
  }, [times, series, format, height, isDark])
  return <div ref={host} role="img" aria-label={label} className="chart min-w-0" />
}

/** Returns whether a value has none before and after it, so that no line leads to it. */
const hasLonePoint = (values: Series['values']): boolean =>
  values.some((value, at) => value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null)

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** Returns what writes the time at a tick: the day where ticks are days apart or a day begins, the clock otherwise. */
const tickOf =
  (step: number) =>
  (seconds: number): string => {
    const at = new Date(seconds * 1000)
    return step >= 86_400 || (at.getHours() === 0 && at.getMinutes() === 0) ? day.format(at) : clock.format(at)
  }

/** Returns a colour of the theme as the page shows it now, which the canvas needs. */
function resolved(host: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--color-${name})`
  host.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
