/** What a request to a storage that speaks S3 is signed with. */
export interface S3Credentials {
  /** Absent: those of the machine, for destinations of the configuration. */
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly region: string
}
