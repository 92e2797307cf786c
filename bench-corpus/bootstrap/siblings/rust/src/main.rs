// The same function with AWS' runtime client on tokio.
use lambda_runtime::{run, service_fn, Error, LambdaEvent};
use serde_json::{json, Value};

async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let text = event.payload.to_string();
    let sum = text.bytes().fold(0i64, |sum, byte| (sum * 31 + byte as i64) % 1_000_003);
    Ok(json!({ "bytes": text.len(), "sum": sum }))
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(handler)).await
}
