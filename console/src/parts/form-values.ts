/** Reads a text of a form, without the spaces around it. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** Reads a number of a form; null where the field is empty. */
export function numberOf(form: FormData, name: string): number | null {
  const text = textOf(form, name)
  return text === '' ? null : Number(text)
}

/** Reads several texts that stand in one field, with commas between them. */
export const listOf = (form: FormData, name: string): string[] =>
  textOf(form, name)
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
