using Microsoft.AspNetCore.Mvc.ApiExplorer;

namespace FlowDispatch.AspNetCore.Tests.Requests;

public sealed class RouteDescriptionTests(ApiHost host) : IClassFixture<ApiHost>
{
    [Fact]
    public void Every_route_is_described_for_OpenAPI_with_its_id()
    {
        var described = host.Service<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(g => g.Items).ToList();

        var start = Assert.Single(described, d => d.RelativePath == "api/v1/flow-automations/{id}/start");
        Assert.Equal("POST", start.HttpMethod);
        Assert.Equal("id", Assert.Single(start.ParameterDescriptions).Name);
        Assert.Contains(described, d => d is { RelativePath: "api/v1/flows", HttpMethod: "GET", ParameterDescriptions.Count: 0 });
        Assert.All(described, d => Assert.Equal(d.RelativePath!.Contains("{id}", StringComparison.Ordinal), d.ParameterDescriptions.Any(p => p.Name == "id")));
        Assert.All(described, d => Assert.Contains(d.SupportedResponseTypes, r => r.StatusCode == 401));
    }
}
