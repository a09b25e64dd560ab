/** The paths of the icons, drawn on a grid of 20 by 20. */
const paths = {
  overview: 'M3 17V9m5 8V4m5 13v-6m5 6V7',
  requests: 'M3 5h14M3 10h14M3 15h9',
  models: 'M10 2.5 17 6v8l-7 3.5L3 14V6zM3 6l7 3.5L17 6m-7 3.5v8',
  keys: 'M12.5 11.5a4 4 0 1 0-3.4-3.4L3 14.2V17h3v-2h2v-2h1.6z',
  playground: 'M3 4.5h14v9H9l-3.5 3v-3H3z',
  settings:
    'M10 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM10 2v3m0 10v3m8-8h-3M5 10H2m13.7-5.7-2.2 2.2m-7 7-2.2 2.2m11.4 0-2.2-2.2m-7-7L4.300 4.300',
  menu: 'M3 5h14M3 10h14M3 15h14',
  close: 'm5 5 10 10M15 5 5 15',
  up: 'm6 12 4-4 4 4',
  down: 'm6 8 4 4 4-4',
  right: 'm8 6 4 4-4 4',
  copy: 'M7 7V3.500h9.500V13H13M3.500 7H13v9.500H3.500z',
  check: 'm4 10.500 4 4 8-9',
  plus: 'M10 4v12M4 10h12',
  clip: 'm15 9-5.500 5.500a3 3 0 0 1-4.300-4.300l6-6a2 2 0 0 1 2.900 2.900l-6 6',
} as const

type IconName = keyof typeof paths

/** A small drawing beside a text, which screen readers leave out. */
export function Icon({ name, className = 'size-4' }: { readonly name: IconName; readonly className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      className={`${className} shrink-0 fill-none stroke-current stroke-[1.6]`}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={paths[name]} />
    </svg>
  )
}
