/** For the help of commands that read or write elsewhere. */
export const placesHelp = `s3://bucket/key, with the endpoint, region and credentials of
AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or
of AWS_PROFILE; or webhdfs://[user@]host:port/path, swebhdfs:// for HTTPS, with
a delegation token in HADOOP_DELEGATION_TOKEN where one is asked for.`;
