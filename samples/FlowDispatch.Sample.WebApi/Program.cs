using FlowDispatch.AspNetCore;
using FlowDispatch.Sample.Auth;
using FlowDispatch.Sample.Demo;
using FlowDispatch.Sample.Hosting;
using FlowDispatch.Storage;

var demo = args.Contains("--demo", StringComparer.Ordinal);
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = [.. args.Where(a => a != "--demo")],
    ContentRootPath = AppContext.BaseDirectory, // runs from any working directory; ./data lies under that one
});
var settings = new SampleSettings(builder.Configuration, demo);
var authentication = TokenAuthentication.From(builder.Configuration); // a wrong entry ends the start, not the first request
builder.WebHost.UseUrls(settings.Urls);
builder.Services.Configure<HostOptions>(settings.Bind);

var dispatch = builder.Services
    .AddFlowDispatch(o => settings.Bind(o.Node))
    .AddWhatsApp(settings.Bind)
    .AddFlowDispatchApi(o => o.ResolveCaller = authentication.Resolve);
settings.UseStore(dispatch);
settings.Bind(builder.Services);
builder.Services.AddOpenApi();
if (settings.UsesSimulator)
{
    builder.Services.AddWhatsAppSimulator(settings.Bind);
}

if (demo)
{
    builder.Services.AddHostedService<DemoRun>();
}

builder.Services.AddSingleton(settings);
await using var app = builder.Build();
await app.Services.GetRequiredService<IStore>().MigrateAsync();

app.UseLocalDoors(authentication);
app.MapFlowDispatchApi();
app.MapFlowDispatchWebhooks();
app.MapFlowDispatchHealth();
app.MapOpenApi("/openapi/{documentName}.json");
if (settings.UsesSimulator)
{
    app.MapWhatsAppSimulator("/simulator");
}

await app.RunAsync();
