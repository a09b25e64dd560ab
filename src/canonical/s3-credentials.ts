/** The credentials by which a request to an S3-compatible storage is signed. */
export interface S3Credentials {
  /** Absent: those of the machine, for destinations of the configuration. */
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  readonly region: string
}
