namespace FlowDispatch.Sample.Simulator;

/// <summary>The simulator alone. Internal and in a namespace, so that a web project can reference this one beside its own entry point.</summary>
internal static class Program
{
    private static async Task Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory, // runs from any working directory
        });
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            builder.WebHost.UseUrls("http://127.0.0.1:5090");
        }

        builder.Services.AddWhatsAppSimulator(options =>
        {
            options.CallbackUrl = new Uri("http://127.0.0.1:5080/api/v1/webhooks/whatsapp");
            builder.Configuration.GetSection("Simulator").Bind(options);
        });

        await using var app = builder.Build();
        app.MapWhatsAppSimulator();
        await app.RunAsync();
    }
}
