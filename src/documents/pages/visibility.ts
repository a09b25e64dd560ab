import { fullMatch, search } from '../../util/pattern.ts'
import type { Declarations } from './declarations.ts'

/** What a text takes over from the elements around it. */
export interface Surroundings {
  /** Whether the letters are too small to be read. */
  readonly tiny: boolean
  readonly invisible: boolean
  readonly color: string
  /** The color behind the text; empty where it is not one plain color. */
  readonly ground: string
}

const white = '#ffffff'

/** How a page begins that sets nothing. The colors of a linked sheet are unknown. */
export const blankPage: Surroundings = { tiny: false, invisible: false, color: '#000000', ground: white }

/** Tells whether a text in these surroundings is out of sight. */
export const hidesText = ({ tiny, invisible, color, ground }: Surroundings): boolean =>
  tiny || invisible || color === 'transparent' || color === ground

/** Returns the surroundings of the texts in an element with these declarations. */
export function surroundingsIn(outer: Surroundings, declarations: Declarations): Surroundings {
  if (declarations.size === 0) return outer
  const value = (property: string): string => declarations.get(property) ?? ''
  const visibility = value('visibility')
  const size = sizeOf(declarations)
  const color = value('color')
  const ground = groundOf(declarations)
  return {
    tiny: size === '' ? outer.tiny : pixelsOf(size) < 2,
    invisible: visibility === '' ? outer.invisible : visibility === 'hidden' || visibility === 'collapse',
    color: color === '' || color === 'inherit' ? outer.color : plainColor(color),
    ground: ground ?? outer.ground,
  }
}

/** Tells whether declarations take an element out of sight with all that stands in it. */
export function hidesElement(declarations: Declarations): boolean {
  if (declarations.size === 0) return false
  const value = (property: string): string => declarations.get(property) ?? ''
  const pixels = (property: string): number => pixelsOf(value(property))
  if (value('display') === 'none' || value('content-visibility') === 'hidden') return true
  if (pixels('opacity') < 0.1 || pixels('zoom') < 0.1 || pixels('scale') < 0.1) return true
  if (positions.some((property) => pixels(property) < farAway) || isMovedAway(value('transform'))) return true
  if (value('overflow').startsWith('hidden') && sizes.some((property) => isNarrow(value(property)))) return true
  if (value('clip').startsWith('rect(') && value('position') !== '') return true
  return search(/^(inset\((50|[6-9]\d|100)%|circle\(0|polygon\(0[^1-9]*\))/, value('clip-path')) !== null
}

/** Lengths below this, in pixels, put a text outside of every screen. */
const farAway = -900
const positions = ['left', 'right', 'top', 'bottom', 'margin-left', 'margin-top', 'text-indent']
const sizes = ['width', 'height', 'max-width', 'max-height']

const isNarrow = (size: string): boolean => pixelsOf(size) < 2 && (!size.endsWith('%') || size === '0%')
const isMovedAway = (transform: string): boolean =>
  (transform.includes('translate') && search(/-\d{3}/, transform) !== null) ||
  search(/scale(3d|x|y)?\(0?(\.0\d*)?[),]/, transform) !== null

/** Returns the number that a value begins with, in pixels for lengths; NaN, which no comparison holds for, where there is none. */
function pixelsOf(value: string): number {
  const match = value === '' ? null : search(/^(-?\d*\.?\d+)([a-z%]*)/, value)
  return match === null ? Number.NaN : Number(match[1]) * (pixelsPerUnit.get(match[2] ?? '') ?? 1)
}

/** A character is 16 pixels high by default; the screen is taken for 1,200 by 800. */
const pixelsPerUnit = new Map([
  ['em', 16],
  ['rem', 16],
  ['%', 0.16],
  ['vw', 12],
  ['vh', 8],
  ['pt', 1.33],
  ['cm', 38],
  ['in', 96],
])

/** Returns the size of the letters: from `font`, the first part that is a length. */
function sizeOf(declarations: Declarations): string {
  const size = declarations.get('font-size')
  if (size !== undefined) return size
  return (
    (declarations.get('font') ?? '').split(' ').find((part) => search(/^(\d+(\.\d+)?|\.\d+)(px|pt|em|rem|%)/, part)) ??
    ''
  )
}

/** Returns the color behind a text; empty where it is an image or several colors; null where nothing is declared. */
function groundOf(declarations: Declarations): string | null {
  const image = declarations.get('background-image')
  if (image !== undefined && image !== 'none') return ''
  const ground = declarations.get('background-color') ?? declarations.get('background')
  if (ground === undefined || ground === 'none' || ground === 'inherit') return null
  const color = plainColor(ground)
  return color === 'transparent' ? null : color
}

/** Returns a color as `#rrggbb` or `transparent`; empty where it is written in another way. */
function plainColor(color: string): string {
  const value = color.replaceAll(' ', '')
  const name = named.get(value)
  if (name !== undefined) return name
  if (fullMatch(/^(rgb|hsl)a?\([^)/]{1,40}[,/]0?(\.0\d*)?%?\)$/, value) !== null && commas(value) === 3)
    return 'transparent'
  const decimal = fullMatch(/^rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(,1)?\)$/, value)
  if (decimal !== null) return `#${[1, 2, 3].map((index) => hexOf(decimal[index])).join('')}`
  const short = fullMatch(/^#([\da-f])([\da-f])([\da-f])$/, value)
  if (short !== null) return `#${[1, 2, 3].map((index) => (short[index] ?? '').repeat(2)).join('')}`
  return fullMatch(/^#[\da-f]{6}$/, value) === null ? '' : value
}

const named = new Map([
  ['white', white],
  ['black', '#000000'],
  ['transparent', 'transparent'],
])

const commas = (text: string): number => text.split(',').length - 1
const hexOf = (decimal = '0'): string => Math.min(255, Number(decimal)).toString(16).padStart(2, '0')
