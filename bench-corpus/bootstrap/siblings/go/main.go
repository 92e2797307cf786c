// The same function with aws-lambda-go.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
)

type answer struct {
	Bytes int `json:"bytes"`
	Sum   int `json:"sum"`
}

func handler(_ context.Context, event json.RawMessage) (answer, error) {
	sum := 0
	for _, b := range event {
		sum = (sum*31 + int(b)) % 1000003
	}
	return answer{len(event), sum}, nil
}

func main() {
	lambda.Start(handler)
}
