using FlowDispatch.AspNetCore;
using FlowDispatch.Channels;
using FlowDispatch.Sample.Snippets;
using FlowDispatch.Storage;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<CustomerTable>();
builder.Services.AddSingleton(new CouponTable("Data Source=coupons.db"));

// <host>
builder.Services.AddFlowDispatch(o => o.Node.MaxConcurrency = 200)
    .UseEntityFramework(db => db.UseSqlite("Data Source=flow-dispatch.db"))
    .AddWhatsApp(o => builder.Configuration.Bind("WhatsApp", o))
    .AddSender<SmsSender>("sms", new Channel { Id = "sms-1", OrganizationId = "acme", Kind = "sms", ProviderId = "+15550100999" })
    .AddAudience<LapsedCustomers>("lapsed")
    .AddVariables<CouponPool>("coupon")
    .AddFlowDispatchApi(o => o.ResolveCaller = http => http.User.Identity is { IsAuthenticated: true, Name: { } name }
        ? new FlowDispatchCaller("acme", name, FlowDispatchRole.Operator)
        : null);

var app = builder.Build();
await app.Services.GetRequiredService<IStore>().MigrateAsync(); // or migrate from your pipeline
app.MapFlowDispatchApi("/api/v1");
app.MapFlowDispatchWebhooks("/api/v1");
app.MapFlowDispatchHealth();
app.Run();
// </host>
