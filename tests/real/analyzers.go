// Istio's analyzers over files, all of them: `istioctl analyze --use-kube=false` leaves pods, services and namespaces
// unread, and so leaves out each analyzer that looks at one of them.
//
// analyzers MESH-CONFIG OBJECTS ANSWER: writes what they say, and which of them did not run, as JSON. (What Istio's
// packages log goes to the standard output.)
package main

import (
	"encoding/json"
	"log"
	"os"

	"istio.io/istio/pkg/config/analysis/analyzers"
	"istio.io/istio/pkg/config/analysis/local"
)

func main() {
	objects, err := os.Open(os.Args[2])
	must(err)
	source := local.NewSourceAnalyzer(analyzers.AllCombined(), "", "istio-system", nil)
	must(source.AddFileKubeMeshConfig(os.Args[1]))
	must(source.AddTestReaderKubeSource([]local.ReaderSource{{Name: os.Args[2], Reader: objects}}))
	result, err := source.Analyze(make(chan struct{}))
	must(err)
	messages := make([]map[string]any, 0, len(result.Messages))
	for _, each := range result.Messages {
		messages = append(messages, each.Unstructured(true))
	}
	answer, err := json.Marshal(map[string]any{"messages": messages, "skipped": result.SkippedAnalyzers})
	must(err)
	must(os.WriteFile(os.Args[3], answer, 0o600))
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
