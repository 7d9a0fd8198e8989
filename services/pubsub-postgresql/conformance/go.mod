module conformance

go 1.26

require (
	github.com/dapr/components-contrib v1.18.0
	github.com/dapr/dapr v1.18.0
	github.com/dapr/kit v0.18.1
)
