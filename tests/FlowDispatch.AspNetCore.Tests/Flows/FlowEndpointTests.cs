using System.Net;

namespace FlowDispatch.AspNetCore.Tests.Flows;

public sealed class FlowEndpointTests(ApiHost host) : IClassFixture<ApiHost>
{
    private const string Greeting = """
        {"name":"Saudação","nodes":[
          {"id":"start","type":"start","next":"hello"},
          {"id":"hello","type":"message","text":"Olá {{ customer_name | split: \" \" | first }} 😀","next":"news"},
          {"id":"news","type":"template","template":{"name":"news","language":"pt_BR","parameters":["{{ a }}","2"]},"next":"end"},
          {"id":"end","type":"end","outcome":"converted"}]}
        """;

    [Fact]
    public async Task A_flow_comes_back_as_it_was_written()
    {
        var client = host.Fresh();

        var created = (await client.PostAsync("/flows", Greeting)).Expect(HttpStatusCode.Created);
        var read = (await client.GetAsync($"/flows/{created.Id}")).Expect(HttpStatusCode.OK);

        Assert.Equal($"/api/v1/flows/{created.Id}", created.Headers["Location"]);
        Assert.Equal(created.Text, read.Text);
        Assert.Equal(["id", "name", "version", "nodes", "created_at", "updated_at"], read.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(1, read["version"].GetInt32());
        Assert.Equal("2026-03-02T15:00:00Z", read["created_at"].GetString());
        Assert.Contains("Saudação", read.Text, StringComparison.Ordinal);
        using var written = System.Text.Json.JsonDocument.Parse(Greeting);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(written.RootElement.GetProperty("nodes"), read["nodes"]));
    }

    [Fact]
    public async Task A_change_makes_a_version_and_keeps_what_is_not_given()
    {
        var client = host.Fresh();
        var id = (await client.PostAsync("/flows", Greeting)).Id;

        var changed = (await client.PutAsync($"/flows/{id}", """{"name":"Novo"}""")).Expect(HttpStatusCode.OK);
        var versions = (await client.GetAsync($"/flows/{id}/versions?page_size=1")).Expect(HttpStatusCode.OK);

        Assert.Equal(2, changed["version"].GetInt32());
        Assert.Equal(4, changed["nodes"].GetArrayLength());
        Assert.Equal(2, versions["total"].GetInt32());
        Assert.Equal(2, versions["total_pages"].GetInt32());
        Assert.Equal(2, versions["items"][0].GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task A_deleted_flow_is_gone()
    {
        var client = host.Fresh();
        var id = (await client.PostAsync("/flows", Greeting)).Id;

        var deleted = await client.DeleteAsync($"/flows/{id}");

        Assert.Equal(HttpStatusCode.NoContent, deleted.Status);
        Assert.Equal("", deleted.Text);
        (await client.GetAsync($"/flows/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.DeleteAsync($"/flows/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(0, (await client.GetAsync("/flows"))["total"].GetInt32());
    }

    [Fact]
    public async Task Too_little_right_is_forbidden_but_a_foreign_id_is_not_found_before_that()
    {
        var client = host.Fresh();
        var id = (await client.PostAsync("/flows", Greeting)).Id;

        (await client.As("viewer").PutAsync($"/flows/{id}", "{}")).ExpectProblem(HttpStatusCode.Forbidden);
        (await client.As("viewer").PostAsync("/flows", Greeting)).ExpectProblem(HttpStatusCode.Forbidden);
        (await client.As("operator").DeleteAsync($"/flows/{id}")).ExpectProblem(HttpStatusCode.Forbidden);
        (await host.Fresh("viewer").DeleteAsync($"/flows/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await host.Fresh().PutAsync($"/flows/{id}", "{}")).ExpectProblem(HttpStatusCode.NotFound);
        (await client.As("viewer").GetAsync($"/flows/{id}")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""[{"id":"s","type":"start","next":"x"},{"id":"e","type":"end"}]""", "nodes[0].next", "Node \"s\": there is no node \"x\"")]
    [InlineData("""[{"id":"s","type":"start","next":"e"},{"id":"e","type":"end"},{"id":"e2","type":"end"}]""", "nodes[2]", "Node \"e2\": no way leads here")]
    [InlineData("""[{"id":"s","type":"start","next":"a"},{"id":"a","type":"message","text":"x","next":"b"},{"id":"b","type":"message","text":"y","next":"a"}]""", "nodes[2].next", "loop without a wait")]
    [InlineData("""[{"id":"s","type":"start","next":"s"}]""", "nodes[0].next", "loop without a wait")]
    [InlineData("""[{"id":"s","type":"start","next":"e"},{"id":"e","type":"end"},{"id":"e","type":"end"}]""", "nodes[2].id", "used by another node")]
    [InlineData("""[{"id":"e","type":"end"}]""", "nodes", "exactly one node of type start")]
    [InlineData("[]", "nodes", "has 0 nodes")]
    [InlineData("""[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"a\n{{ b | nofilter }}","next":"e"},{"id":"e","type":"end"}]""", "nodes[1].text", "Line 2, column")]
    [InlineData("""[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":" ","next":"e"},{"id":"e","type":"end"}]""", "nodes[1].text", "not be blank")]
    [InlineData("""[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","txt":"a","next":"e"},{"id":"e","type":"end"}]""", "nodes[1].txt", "did you mean text?")]
    [InlineData("""[{"id":"s","type":"start","next":"q"},{"id":"q","type":"question","text":"?","next":"e"},{"id":"e","type":"end"}]""", "nodes[1].type", "\"question\" is not run by this version yet")]
    [InlineData("""[{"id":"s","type":"start","next":"q"},{"id":"q","type":"foo","next":"e"},{"id":"e","type":"end"}]""", "nodes[1].type", "\"foo\" is no type of node. This version runs")]
    [InlineData("""[{"id":"s","type":"start","next":"q"},{"id":"q","type":"mesage","text":"?","next":"e"},{"id":"e","type":"end"}]""", "nodes[1].type", "did you mean message?")]
    [InlineData("""[{"id":"s","type":"start","next":"t"},{"id":"t","type":"template","template":{"name":"n","language":"pt_BR","parameters":{"x":"{{"}},"next":"e"},{"id":"e","type":"end"}]""", "nodes[1].template.parameters.x", "Node \"t\"")]
    [InlineData("""[{"id":"s","type":"start","next":"t"},{"id":"t","type":"template","template":{"name":"n"},"next":"e"},{"id":"e","type":"end"}]""", "nodes[1].template.language", "is required.")]
    [InlineData("""[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"a","media":{"url":"x"},"next":"e"},{"id":"e","type":"end"}]""", "nodes[1].media", "not sent by this version yet")]
    public async Task A_flow_that_can_not_be_run_is_refused_with_node_and_field(string nodes, string path, string message)
    {
        var client = host.Fresh();

        var refused = (await client.PostAsync("/flows", $$"""{"name":"x","nodes":{{nodes}}}""")).ExpectProblem(HttpStatusCode.UnprocessableEntity);
        var verdict = (await client.PostAsync("/flows/validate", $$"""{"nodes":{{nodes}}}""")).Expect(HttpStatusCode.OK);

        Assert.Contains(path, refused.Faults);
        Assert.Contains(message, refused.Fault(path), StringComparison.Ordinal);
        Assert.False(verdict["valid"].GetBoolean());
        Assert.Contains(verdict["errors"].EnumerateArray(), e => e.GetProperty("path").GetString() == path);
    }

    [Fact]
    public async Task A_text_has_at_most_4096_characters()
    {
        string Nodes(int length) => $$"""{"name":"x","nodes":[{"id":"s","type":"start","next":"m"},{"id":"m","type":"message","text":"{{new string('x', length)}}","next":"e"},{"id":"e","type":"end"}]}""";
        var client = host.Fresh();

        (await client.PostAsync("/flows", Nodes(4096))).Expect(HttpStatusCode.Created);
        Assert.Equal(["nodes[1].text"], (await client.PostAsync("/flows", Nodes(4097))).ExpectProblem(HttpStatusCode.UnprocessableEntity).Faults);
    }

    [Fact]
    public async Task A_sound_flow_is_valid()
    {
        var verdict = (await host.Fresh().PostAsync("/flows/validate", Greeting)).Expect(HttpStatusCode.OK);

        Assert.Equal("""{"valid":true,"errors":[]}""", verdict.Text);
    }
}
