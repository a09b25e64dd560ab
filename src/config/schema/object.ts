import { Type, type TObjectOptions, type TProperties, type TSchema } from 'typebox'

/** Creates the schema of an object that refuses unknown keys. */
export function section<Properties extends TProperties>(properties: Properties, options: TObjectOptions) {
  return Type.Object(properties, { additionalProperties: false, ...options })
}

/** The pattern of names, and what would be correct instead, which editors show as well. */
type Names = { readonly pattern: string; readonly patternErrorMessage: string }

/** The patterns of addresses and keys of services. */
export const address = {
  pattern: '^https?://[^\\s?#]+$',
  patternErrorMessage: 'must be an http:// or https:// address without ? or #, such as http://127.0.0.1:8888',
}
export const apiKey = {
  minLength: 1,
  maxLength: 1024,
  pattern: '^[!-~]+$',
  patternErrorMessage: 'must hold only printable ASCII characters and no spaces, since it is sent in a header',
}

/** Creates the schema of an object whose keys are names that the user chooses. */
export function named<Value extends TSchema>(value: Value, names: Names, options: TObjectOptions) {
  return Type.Record(Type.String(), value, { propertyNames: names, ...options })
}

export const providerSlug: Names = {
  pattern: '^[a-z0-9][a-z0-9._-]*$',
  patternErrorMessage: 'must be a slug of lower-case letters, digits, dots, dashes and underscores, such as prov-a',
}

/** The names that a request may use for a model. */
export const modelName: Names = {
  pattern: '^([A-Za-z0-9][A-Za-z0-9._-]*/)?[A-Za-z0-9][A-Za-z0-9._:+-]*$',
  patternErrorMessage: 'must be the slug of a model, such as acme/m1, or a name without author',
}

export const modelSlug: Names = {
  pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._:+-]*$',
  patternErrorMessage: 'must be a slug of the form author/model, such as acme/m1',
}

/** The schema of headers that are sent with each request. */
export const headers = Type.Unsafe<Record<string, string>>({
  type: 'object',
  maxProperties: 50,
  propertyNames: {
    type: 'string',
    pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$",
    patternErrorMessage: 'must be the name of a header, such as Authorization',
  },
  additionalProperties: Type.String({
    maxLength: 4_096,
    pattern: '^[\\t -~]*$',
    patternErrorMessage: 'must hold only printable ASCII characters, since it is sent in a header',
  }),
  description: 'Headers that are sent with each request, such as `Authorization`.',
})
