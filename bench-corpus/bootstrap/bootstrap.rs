// ruchy 4.2.1, source XXH3 61060ae0f77b4dc95e82ade16be32a3a
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
fn lambda_handler(event: String) -> String {
    let mut sum = 0;
    for byte in event.bytes() {
        { sum = (sum * 31 + (byte as i64)) % 1000003 }
    }
    format!("{{\"bytes\":{},\"sum\":{}}}", event.len(), sum)
}
fn header_value(line: &str, name: &str) -> String {
    let mut words = line.splitn(2, ":");
    {
        let first = words.next().unwrap_or("");
        {
            if first.eq_ignore_ascii_case(name) {
                return words.next().unwrap_or("").trim().to_string();
            }
            String::new()
        }
    }
}
fn exchange(api: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(api).expect("cannot reach the Runtime API");
    stream.write_all(request.as_bytes()).expect("cannot send to the Runtime API");
    let mut reader = BufReader::new(stream);
    let mut id = String::new();
    let mut size = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).expect("no answer of the Runtime API") > 2 {
        {
            {
                let found = header_value(&line, "Lambda-Runtime-Aws-Request-Id");
                {
                    if found.len() > (0 as usize) {
                        id = found;
                    }
                    {
                        let length = header_value(&line, "Content-Length");
                        {
                            if length.len() > (0 as usize) {
                                let bytes: u64 = length.parse().expect("not a length");
                                size = bytes;
                            }
                            line.clear()
                        }
                    }
                }
            }
        }
    }
    let mut body = String::new();
    reader.take(size).read_to_string(&mut body).expect("the answer was cut off");
    format!("{}\n{}", id, body)
}
fn next_event(api: &str) -> String {
    exchange(
        api,
        &format!(
            "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
            api
        ),
    )
}
fn respond(api: &str, id: &str, answer: &str) -> String {
    exchange(
        api,
        &format!(
            "POST /2018-06-01/runtime/invocation/{}/response HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}",
            id, api, answer.len(), answer
        ),
    )
}
fn serve(api: &str) -> bool {
    {
        let next = next_event(api);
        {
            let mut lines = next.splitn(2, "\n");
            {
                let mut id = lines.next().unwrap_or("");
                {
                    let event = lines.next().unwrap_or("").to_string();
                    {
                        let answer = lambda_handler(event.to_string());
                        {
                            let accepted = respond(api, id, &answer);
                            accepted.len() > (0 as usize)
                        }
                    }
                }
            }
        }
    }
}
fn main() {
    {
        let api = std::env::var("AWS_LAMBDA_RUNTIME_API".to_string())
            .expect("AWS_LAMBDA_RUNTIME_API is not set");
        {
            let mut served = 0;
            while serve(&api) {
                { served += 1 }
            }
            println!("{} events", served)
        }
    }
}
